// A published text as elements of the page.
import Box from "@cloudscape-design/components/box";
import { Fragment } from "react";
import { RouteLink } from "../../ui/route_link";
import { type Block, type Inline, readMarkup } from "./markup";

// Blocks and their parts have no names of their own and never change places.
export function PublishedText({ source }: { source: string }) {
  return (
    <div className="menkyo-published">
      {readMarkup(source).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text is read anew as a whole
        <BlockElement key={index} block={block} />
      ))}
    </div>
  );
}

function BlockElement({ block }: { block: Block }) {
  if (block.kind === "heading") {
    return (
      <Box variant={block.level === 2 ? "h2" : "h3"} padding={{ top: "m", bottom: "xxs" }}>
        <Line content={block.content} />
      </Box>
    );
  }
  if (block.kind === "paragraph") {
    return (
      <Box variant="p">
        <Line content={block.content} />
      </Box>
    );
  }
  const List = block.ordered ? "ol" : "ul";
  return (
    <Box>
      <List>
        {block.items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a text is read anew as a whole
          <li key={index}>
            <Line content={item} />
          </li>
        ))}
      </List>
    </Box>
  );
}

function Line({ content }: { content: Inline[] }) {
  return content.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text is read anew as a whole
    <Fragment key={index}>{inlineElement(part)}</Fragment>
  ));
}

function inlineElement(part: Inline) {
  switch (part.kind) {
    case "text":
      return part.text;
    case "strong":
      return <strong>{part.text}</strong>;
    case "code":
      return <code>{part.text}</code>;
    case "link":
      return part.target.startsWith("/") && !part.target.startsWith("/.well-known/") ? (
        <RouteLink to={part.target}>{part.text}</RouteLink>
      ) : (
        <a href={part.target}>{part.text}</a>
      );
  }
}
