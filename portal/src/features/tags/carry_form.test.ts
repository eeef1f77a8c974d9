import { expect, it } from "vitest";
import { chosen } from "./carry_form";

const words = (...list: string[]) => list.map((value) => ({ value }));

it("keeps one value of each tag, the one that was chosen last", () => {
  expect(chosen([], words("region=East"))).toEqual(["region=East"]);
  expect(chosen(["region=East", "lab"], words("region=East", "lab", "region=West"))).toEqual(["lab", "region=West"]);
  expect(chosen(["region=East"], words("region=East", "region"))).toEqual(["region"]);
  expect(chosen(["region=East", "lab"], words("lab"))).toEqual(["lab"]);
});
