import { useQuery } from "@tanstack/react-query";
import { getSmartAccount } from "../../api/calls";
import { accountKey } from "../../live/keys";

export function useAccount(smart_account_id: string) {
  return useQuery({
    queryKey: accountKey(smart_account_id, "account"),
    queryFn: () => getSmartAccount(smart_account_id),
  });
}
