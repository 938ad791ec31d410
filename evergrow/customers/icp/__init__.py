"""The ideal customer profile (客户画像): what we look for, how well each account fits, where our customers differ."""
