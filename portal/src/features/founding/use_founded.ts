import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { Founded } from "../../api/types";
import { useFlash } from "../../ui/flash";

// Goes to the account that was founded, or to the request that somebody has to approve.
export function useFounded() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const flash = useFlash();
  const queryClient = useQueryClient();
  return ({ smart_account, account_request }: Founded) => {
    void queryClient.invalidateQueries({ queryKey: ["accounts"] });
    void queryClient.invalidateQueries({ queryKey: ["account_requests"] });
    if (smart_account !== undefined) {
      flash({ type: "success", content: t("founding.active", { name: smart_account.name }) });
      void navigate(`/accounts/${smart_account.smart_account_id}/manage`);
    } else if (account_request !== undefined) {
      void navigate(`/account_requests/${account_request.account_request_id}`);
    }
  };
}
