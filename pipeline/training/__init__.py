"""How the models in `pipeline/models` are made. Needs the extra `[train]`; nothing here is needed to read cards."""
