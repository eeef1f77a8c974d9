import { useQuery } from "@tanstack/react-query";
import { listUserGroupMembers, listUserGroups } from "../../api/calls";
import { accountKey } from "../../live/keys";

export function useGroups(sa: string) {
  return useQuery({ queryKey: accountKey(sa, "user_groups"), queryFn: () => listUserGroups(sa) });
}

export function useGroupMembers(sa: string, user_group_id: string) {
  return useQuery({
    queryKey: accountKey(sa, "user_groups", "", "members", user_group_id),
    queryFn: () => listUserGroupMembers(sa, user_group_id),
  });
}
