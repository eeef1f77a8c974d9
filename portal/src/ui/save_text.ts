// Lets the browser save a text as a file.
export function saveText(file_name: string, text: string) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = file_name;
  link.click();
  // The download has been handed to the browser by then; the address would otherwise hold the text in memory.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

// A name that every file system takes.
export function fileName(...parts: string[]): string {
  const words = parts.map((part) => part.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^-+|-+$/g, ""));
  return words
    .filter((word) => word !== "")
    .join("-")
    .slice(0, 100);
}
