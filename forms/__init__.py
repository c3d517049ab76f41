"""Cards: one definition in millimetres that prints and reads."""
