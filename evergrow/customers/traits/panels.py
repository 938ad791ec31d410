"""The card “Traits” of the account page."""
