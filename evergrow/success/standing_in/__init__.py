"""Work of members who are away: new work goes to whoever stands in, what is due is offered, all of it comes back."""
