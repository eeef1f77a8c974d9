// Writes src/api/schema.ts.
import { writeFileSync } from "node:fs";
import { schemaFile, schemaText } from "./api_types.mjs";

writeFileSync(schemaFile, await schemaText());
