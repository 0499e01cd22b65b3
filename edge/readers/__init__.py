"""Where reads come from: one module or folder for each kind of reader."""
