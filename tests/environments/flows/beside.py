def said(text, size):
    return f"{text.strip()} {size}"
