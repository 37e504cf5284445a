"""What annotated texts share: schemes of tags, tokens, spans, and rows that are kept to the letter."""
