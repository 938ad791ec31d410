"""Files on records. ``kinds`` says what is taken, ``store`` keeps contents on disk once by their hash, ``keeping`` puts
a file on something and takes it away, ``hosts`` says who may read what hangs where.
"""
