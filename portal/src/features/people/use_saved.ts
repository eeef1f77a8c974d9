// What follows from a saved profile: the pages that show parts of it read them again.
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ApiProblem } from "../../api/problem";
import type { OwnProfile } from "../../api/types";
import { useFlash } from "../../ui/flash";

export const PROFILE = ["profile"] as const;
export const ADDRESSES = ["addresses"] as const;

export function useSaved() {
  const queryClient = useQueryClient();
  const flash = useFlash();
  const { t } = useTranslation();
  return {
    onSaved: (profile: OwnProfile) => {
      queryClient.setQueryData(PROFILE, profile);
      void queryClient.invalidateQueries({ queryKey: ["me"] });
      flash({ type: "success", content: t("profile.saved") });
    },
    // Somebody - the same person in another window - was quicker: what stands there now is read, and can be replaced.
    onRefused: (problem: ApiProblem) => {
      if (problem.code === "changed_meanwhile") void queryClient.invalidateQueries({ queryKey: PROFILE });
    },
  };
}
