"""From a card's data to HTML: one page that needs nothing else. Any process that shows cards; no step loads this."""
