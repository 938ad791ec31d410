"""Models of churn and of expansion: how likely each account is to leave, or to buy more, within some days."""
