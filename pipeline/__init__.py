"""From a stack of scans to the register.

The stages, in the order of the work, each a function from records to records that knows no database, web or command
line: `take_in`, `find`, `align`, `cut`, `recognise` (with `engines/`), `parse`, `accept`. `store/` keeps what they
return, `commands/` is what people type.
"""
