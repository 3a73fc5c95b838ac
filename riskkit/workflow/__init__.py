"""The stages composed: from a source to trained models, scores, rates and a report."""
