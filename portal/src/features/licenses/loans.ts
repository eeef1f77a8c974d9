// Loans in words: which license stands in for which.
import type { TFunction } from "i18next";
import type { Language, Loan } from "../../api/types";
import { formatNumber, localName } from "../../ui/format";

// "12 of Router Advanced cover Router Base." A loan of nothing says nothing.
export function loanSentence(t: TFunction, language: Language, loan: Loan): string {
  return t("loans.sentence", {
    count: loan.quantity,
    formatted: formatNumber(language, loan.quantity),
    lender: localName(language, { name_en: loan.lender_name_en, name_ja: loan.lender_name_ja }) || loan.lender_code,
    borrower:
      localName(language, { name_en: loan.borrower_name_en, name_ja: loan.borrower_name_ja }) || loan.borrower_code,
  });
}

export function sortedLoans(loans: readonly Loan[]): Loan[] {
  return loans
    .filter((loan) => loan.quantity > 0)
    .sort((a, b) => b.quantity - a.quantity || a.lender_code.localeCompare(b.lender_code));
}
