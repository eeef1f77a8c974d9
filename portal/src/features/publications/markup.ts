// The small part of Markdown in which the operator writes (docs/decisions/0036-publications.md), read into plain data.
// There is no HTML in it: whatever is not one of these forms is text.

export type Inline =
  | { kind: "text" | "strong" | "code"; text: string }
  | { kind: "link"; text: string; target: string };

export type Block =
  | { kind: "heading"; level: 2 | 3; content: Inline[] }
  | { kind: "paragraph"; content: Inline[] }
  | { kind: "list"; ordered: boolean; items: Inline[][] };

// An address that a text may lead to: of the portal itself, or one of these schemes. A path of two slashes would be
// another site.
export function isTarget(target: string): boolean {
  return /^(https?:\/\/|mailto:|tel:)[^\s<>"]+$/.test(target) || /^\/(?![/\\])[^\s<>"\\]*$/.test(target);
}

const INLINE =
  /\*\*(?<strong>[^*]+)\*\*|`(?<code>[^`]+)`|\[(?<text>[^[\]]+)\]\((?<target>[^()\s]+)\)|<(?<bare>[a-z]+:[^<>\s]+)>/g;

export function readInline(source: string): Inline[] {
  const out: Inline[] = [];
  const addText = (text: string) => {
    if (text !== "") out.push({ kind: "text", text });
  };
  let at = 0;
  for (const match of source.matchAll(INLINE)) {
    const { strong, code, text, target, bare } = match.groups ?? {};
    const link = target ?? bare;
    if (link !== undefined && !isTarget(link)) continue;
    addText(source.slice(at, match.index));
    at = match.index + match[0].length;
    if (strong !== undefined) out.push({ kind: "strong", text: strong });
    else if (code !== undefined) out.push({ kind: "code", text: code });
    else if (link !== undefined)
      out.push({ kind: "link", text: text ?? link.replace(/^(mailto|tel):/, ""), target: link });
  }
  addText(source.slice(at));
  return out;
}

const HEADING = /^(#{1,3}) +(.+)$/;
const ITEM = /^(?:([-*])|\d{1,3}\.) +(.+)$/;

export function readMarkup(source: string): Block[] {
  const out: Block[] = [];
  // Whether the next line goes on with the last block.
  let open = false;
  for (const line of source.split(/\r?\n/).map((each) => each.trim())) {
    const last = out.at(-1);
    const heading = HEADING.exec(line);
    const item = ITEM.exec(line);
    if (line === "") {
      open = false;
    } else if (heading !== null) {
      // The title of the page is its only heading of the first level.
      out.push({ kind: "heading", level: heading[1]?.length === 3 ? 3 : 2, content: readInline(heading[2] ?? "") });
      open = false;
    } else if (item !== null) {
      const ordered = item[1] === undefined;
      const content = readInline(item[2] ?? "");
      if (open && last?.kind === "list" && last.ordered === ordered) last.items.push(content);
      else out.push({ kind: "list", ordered, items: [content] });
      open = true;
    } else if (open && last?.kind === "paragraph") {
      last.content.push({ kind: "text", text: "\n" }, ...readInline(line));
    } else if (open && last?.kind === "list") {
      last.items.at(-1)?.push({ kind: "text", text: "\n" }, ...readInline(line));
    } else {
      out.push({ kind: "paragraph", content: readInline(line) });
      open = true;
    }
  }
  return out;
}
