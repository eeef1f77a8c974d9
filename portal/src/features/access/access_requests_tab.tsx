// Requests for access that wait for the administrators of an account, and whether requesters see who they are.
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { changeContactSetting, getContactSetting, listAccessRequests } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { AccessRequestEntry } from "../../api/types";
import { accountKey } from "../../live/keys";
import { formatContact, formatDateTime } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { ProblemAlert } from "../../ui/problem_alert";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { statusFilter } from "../requests/status_filter";
import { AccessStatus } from "./access_facts";

const SHAPE: ListShape = { prefix: "access", filters: { status: "all" } };
const STATES = ["PENDING", "APPROVED", "DECLINED", "WITHDRAWN", "EXPIRED"] as const;

export function AccessRequestsTab({ sa }: { sa: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns: Column<AccessRequestEntry>[] = [
    {
      id: "requester",
      header: t("account_requests.requester"),
      isRowHeader: true,
      minWidth: 200,
      cell: (item) => (
        <RouteLink to={`/accounts/${sa}/access_requests/${item.access_request_id}`}>
          {formatContact(language, item.requester)}
        </RouteLink>
      ),
    },
    {
      id: "created_at",
      header: t("account_requests.created_at"),
      cell: (item) => formatDateTime(language, item.created_at),
    },
    { id: "status", header: t("common.status"), minWidth: 120, cell: (item) => <AccessStatus status={item.status} /> },
  ];
  return (
    <SpaceBetween size="l">
      <ResourceTable
        id="access_requests"
        title={t("access.list_title")}
        description={t("access.list_description")}
        shape={SHAPE}
        columns={columns}
        queryKey={accountKey(sa, "access_requests")}
        fetchPage={(query) => listAccessRequests(sa, query)}
        trackBy={(item) => item.access_request_id}
        filters={[
          statusFilter(
            t,
            STATES.map((value) => ({ value, label: t(`access_request_status.${value}`) })),
          ),
        ]}
        empty={<Empty title={t("account_requests.none")} text={t("account_requests.none_text")} />}
      />
      <ContactSetting sa={sa} />
    </SpaceBetween>
  );
}

function ContactSetting({ sa }: { sa: string }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const key = accountKey(sa, "access_requests", "", "contacts");
  const setting = useQuery({ queryKey: key, queryFn: () => getContactSetting(sa) });
  const change = useMutation({
    mutationFn: (shown: boolean) => changeContactSetting(sa, shown),
    onSuccess: (now) => queryClient.setQueryData(key, now),
  });
  const failed = setting.error ?? change.error;
  return (
    <Container>
      <SpaceBetween size="s">
        {failed !== null && <ProblemAlert problem={asProblem(failed)} onRetry={() => setting.refetch()} />}
        <Checkbox
          checked={(change.isPending ? change.variables : setting.data?.shown) ?? false}
          disabled={!setting.isSuccess || change.isPending}
          description={t("access.show_contacts_help")}
          onChange={({ detail }) => change.mutate(detail.checked)}
        >
          {t("access.show_contacts")}
        </Checkbox>
      </SpaceBetween>
    </Container>
  );
}
