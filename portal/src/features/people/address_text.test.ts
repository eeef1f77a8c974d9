import { expect, it } from "vitest";
import { addressText, isSameAddress } from "./address_text";

const akasaka = {
  line1: "9-7-1 AKASAKA",
  line2: "MIDTOWN TOWER",
  city: "MINATO",
  region: "JP-13",
  region_name_en: "Tokyo",
  country: "JP",
  postal_code: "107-6227",
};

it("writes an address in one line", () => {
  expect(addressText(akasaka)).toBe("9-7-1 AKASAKA, MIDTOWN TOWER, MINATO, Tokyo, JP 107-6227");
});

it("leaves out what there is not", () => {
  expect(addressText({ line1: "1 NATHAN ROAD", city: "HONG KONG", region: "KOWLOON", country: "HK" })).toBe(
    "1 NATHAN ROAD, HONG KONG, KOWLOON, HK",
  );
  expect(addressText({ line1: "VIA 1", line2: "", city: "CITTA DEL VATICANO", country: "VA" })).toBe(
    "VIA 1, CITTA DEL VATICANO, VA",
  );
});

it("tells addresses apart by what is written", () => {
  expect(isSameAddress(akasaka, { ...akasaka })).toBe(true);
  expect(isSameAddress(akasaka, { ...akasaka, line2: "EAST TOWER" })).toBe(false);
});
