"""The page that helps to connect a product: snippets, events as they arrive, and what was refused."""
