"""Who is away from when to when, and who stands in: new work goes to the stand-in and comes back at the end."""
