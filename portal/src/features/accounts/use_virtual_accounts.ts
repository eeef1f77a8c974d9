import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { getVirtualAccount, listVirtualAccounts } from "../../api/calls";
import { accountKey } from "../../live/keys";

const PAGE_SIZE = 200;

// All virtual accounts that the person may see, fetched page after page; the tree fills while they arrive.
export function useVirtualAccounts(smart_account_id: string) {
  const query = useInfiniteQuery({
    queryKey: accountKey(smart_account_id, "virtual_accounts", "", "all"),
    queryFn: ({ pageParam }) => listVirtualAccounts(smart_account_id, { limit: PAGE_SIZE, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 60_000,
  });
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { query, items, is_complete: query.isSuccess && !hasNextPage };
}

export function useVirtualAccount(smart_account_id: string, virtual_account_id: string | undefined) {
  return useQuery({
    queryKey: accountKey(smart_account_id, "virtual_accounts", virtual_account_id, "one"),
    queryFn: () => getVirtualAccount(smart_account_id, virtual_account_id ?? ""),
    enabled: virtual_account_id !== undefined,
  });
}
