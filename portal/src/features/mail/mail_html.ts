// Mails carry their styles in attributes, as mail programs want it. A frame made from text has the content security
// policy of the page around it (HTML Standard, "policy containers"), which allows none of them; styles that a script sets
// one by one are allowed (Content Security Policy Level 3, style-src). So they travel under another name.

// The words of a mail are escaped, so this stands in its tags alone.
export function undressed(html: string): string {
  return html.replaceAll(' style="', ' data-style="');
}

// Gives a mail in a frame its looks, and lets its links open in place of the page around it.
export function dress(mail: Document | null) {
  if (mail === null) return;
  for (const element of mail.querySelectorAll<HTMLElement>("[data-style]")) {
    element.style.cssText = element.dataset.style ?? "";
  }
  for (const link of mail.links) link.target = "_top";
}
