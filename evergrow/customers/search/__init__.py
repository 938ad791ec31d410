"""Full-text search over what is written about customers, in Chinese and English.

``words`` cuts a text, the same way when it is kept and when it is asked for; ``sources`` say what is indexed;
``triggers`` note what changed, in the transaction that changed it; ``index`` brings the index up to date; ``store``
holds it (FTS5 on SQLite, a tsvector on PostgreSQL); ``finding`` asks it, within what a member may see.
"""
