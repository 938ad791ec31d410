"""The pages of stages: board, flow, moves and gates, the definition and its draft, products."""
