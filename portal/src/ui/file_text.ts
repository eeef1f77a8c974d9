// The text of a file as spreadsheets save it. Excel writes UTF-8 only if it is told to: "CSV" is in the code page of the
// machine, which in Japan is Shift_JIS with Microsoft's additions, and "Unicode text" is UTF-16.
export type FileEncoding = "utf_8" | "utf_16" | "shift_jis";

export interface FileText {
  text: string;
  encoding: FileEncoding;
}

// More than this are more than one character in each of the encodings.
export const MOST_BYTES_OF_CHARACTER = 4;

// Undefined if it is no text in any of these. What is UTF-8 by chance in Shift_JIS is too short to be a table.
export function decodeFile(bytes: Uint8Array): FileText | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decode(bytes, "utf-16le", "utf_16");
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decode(bytes, "utf-16be", "utf_16");
  return decode(bytes, "utf-8", "utf_8") ?? decode(bytes, "shift_jis", "shift_jis");
}

function decode(bytes: Uint8Array, label: string, encoding: FileEncoding): FileText | undefined {
  try {
    return { text: new TextDecoder(label, { fatal: true }).decode(bytes), encoding };
  } catch {
    return undefined;
  }
}
