"""The risk register, and the customers who are being saved."""
