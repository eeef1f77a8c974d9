// The types of the API follow from the description that the server commits.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { schemaFile, schemaText } from "../scripts/api_types.mjs";

it("src/api/schema.ts is what api/openapi.json says; ./dev gen writes it", async () => {
  expect(readFileSync(schemaFile, "utf8") === (await schemaText())).toBe(true);
});
