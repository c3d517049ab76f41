"""The pages of the register: the list, one nomination, its changes, and exports."""
