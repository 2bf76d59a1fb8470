"""What a browser shows. `static/` holds the page, `page.page` serves it."""
