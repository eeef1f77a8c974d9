import { OrDash } from "./resource_table";

// Text of others: its lines stay lines, and its direction its own.
export function Quoted({ text }: { text: string | undefined }) {
  return <OrDash>{text && <bdi className="menkyo-quoted">{text}</bdi>}</OrDash>;
}
