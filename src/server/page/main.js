document.title = 'multipolar';
