import { expect, it } from "vitest";
import { returnTarget, safeReturnTarget } from "./return_target";

it("leads back to where the person was", () => {
  const target = returnTarget({ pathname: "/accounts/sa_1/licenses", search: "?page=2&cursor=a%2Fb" });
  expect(safeReturnTarget(target)).toBe(target);
});

it.each([
  null,
  "",
  "https://evil.example/",
  "//evil.example/x",
  "/\\evil.example",
  "/\t/evil.example",
  "javascript:alert(1)",
  "/sign_in?return_to=/sign_in",
])("leads nowhere else: %s", (wanted) => {
  expect(safeReturnTarget(wanted)).toBe("/");
});
