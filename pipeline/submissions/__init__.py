"""Electronic submissions: from a table that a form system exported to records.

In the order of the work: `tables` reads a file as text cells, `recognise` tells which system wrote it, `propose`
matches its questions to the card's fields, `mapping_file` takes what a person says instead, `read_rows` makes
a `Submission` of each row or says why not. Knows no database, web or command line.
"""
