// Prints the Brotli size of each first load and fails when one is beyond its bound.
import { measureFirstLoads } from "./first_load.mjs";

let failed = false;
for (const { name, bound, bytes, files } of measureFirstLoads("dist")) {
  const verdict = bytes < bound ? "ok" : "TOO LARGE";
  if (bytes >= bound) failed = true;
  console.log(`${name}: ${bytes} of ${bound} bytes in ${files.length} files, ${verdict}`);
  if (process.argv.includes("--files")) {
    for (const each of files.sort((a, b) => b.bytes - a.bytes)) console.log(`  ${each.bytes}\t${each.file}`);
  }
}
process.exit(failed ? 1 : 0);
