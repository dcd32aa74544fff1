"""The form: what is asked, of whom, how an answer is checked and how a recap column counts it."""
