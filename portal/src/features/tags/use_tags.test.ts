import { expect, it } from "vitest";
import { ofTagWord, tagOptions, tagText, tagWord, withTagFilter } from "./use_tags";

it("says a tag and its value in one word, whatever the value holds", () => {
  for (const value of [undefined, "East", "a=b", "東 & 西"]) {
    const expected = value === undefined ? { custom_tag_id: "ctg_1" } : { custom_tag_id: "ctg_1", value };
    expect(ofTagWord(tagWord("ctg_1", value))).toEqual(expected);
  }
});

it("asks the API for the tag and the value apart", () => {
  expect(withTagFilter({ limit: 50, search: "to" })).toEqual({ limit: 50, search: "to" });
  expect(withTagFilter({ limit: 50, tag: "ctg_1" })).toEqual({ limit: 50, custom_tag_id: "ctg_1" });
  expect(withTagFilter({ tag: "ctg_1=East" })).toEqual({ custom_tag_id: "ctg_1", tag_value: "East" });
});

it("offers each tag and then its values", () => {
  const tag = { custom_tag_id: "ctg_1", name: "Region", values: ["East"], virtual_account_count: 0 };
  const options = tagOptions([{ ...tag, created_at: "2026-01-01T00:00:00Z", version: 1 }]);
  expect(options.map((option) => option.label)).toEqual(["Region", "Region: East"]);
  expect(tagText({ custom_tag_id: "ctg_1", name: "Region", value: "East" })).toBe("Region: East");
  expect(tagText({ custom_tag_id: "ctg_1", name: "Region" })).toBe("Region");
});
