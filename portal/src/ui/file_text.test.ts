import { expect, it } from "vitest";
import { decodeFile } from "./file_text";

const bytes = (...parts: (number[] | string)[]) =>
  new Uint8Array(parts.flatMap((part) => (typeof part === "string" ? [...new TextEncoder().encode(part)] : part)));

it.each([
  ["nothing", bytes(), { text: "", encoding: "utf_8" }],
  ["UTF-8", bytes("ロール,mail"), { text: "ロール,mail", encoding: "utf_8" }],
  ["UTF-8 with its mark", bytes([0xef, 0xbb, 0xbf], "mail"), { text: "mail", encoding: "utf_8" }],
  ["UTF-16 of Excel", bytes([0xff, 0xfe, 0xed, 0x30, 0x09, 0x00]), { text: "ロ\t", encoding: "utf_16" }],
  ["UTF-16 the other way round", bytes([0xfe, 0xff, 0x30, 0xed]), { text: "ロ", encoding: "utf_16" }],
  // 東京 and, as Microsoft added it to Shift_JIS, ①.
  ["Shift_JIS", bytes([0x93, 0x8c, 0x8b, 0x9e, 0x87, 0x40]), { text: "東京①", encoding: "shift_jis" }],
  ["a picture", bytes([0x89, 0x50, 0x4e, 0x47, 0xff, 0xff]), undefined],
])("reads %s", (_, file, expected) => {
  expect(decodeFile(file)).toEqual(expected);
});
