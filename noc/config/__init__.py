"""What users write: settings, layouts, themes, as validated models, with errors that name file, line and nearest word."""
