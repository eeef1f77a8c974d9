// How a company of the directory is named and placed.
import type { Language } from "../../api/types";

interface Named {
  name: string;
  native_name?: string | undefined;
}

// In the script of the reader, if it is known.
export function companyName(language: Language, company: Named): string {
  return (language === "ja" ? company.native_name : undefined) ?? company.name;
}
