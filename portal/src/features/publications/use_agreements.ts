import { useQuery } from "@tanstack/react-query";
import { listAgreements } from "../../api/calls";
import { accountKey } from "../../live/keys";

const MOST = 200;

// The agreements in force, for those who may accept them. The account's own stand before those of products.
export function useAgreements(sa: string) {
  return useQuery({
    queryKey: accountKey(sa, "agreements"),
    queryFn: () => listAgreements(sa, { limit: MOST }),
  });
}
