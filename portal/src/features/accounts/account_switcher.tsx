// Chooses another Smart Account; searches on the server, since there may be more than fit in a list.
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listSmartAccounts } from "../../api/calls";
import type { AccountSummary } from "../../api/types";

interface AccountSwitcherProps {
  account: Pick<AccountSummary, "smart_account_id" | "name" | "domain">;
  onChange: (smart_account_id: string) => void;
}

const option = (account: AccountSwitcherProps["account"]): SelectProps.Option => ({
  value: account.smart_account_id,
  label: account.name,
  description: account.domain,
});

export function AccountSwitcher({ account, onChange }: AccountSwitcherProps) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const [opened, setOpened] = useState(false);
  const query = useQuery({
    queryKey: ["accounts", "choices", search],
    queryFn: () => listSmartAccounts({ limit: 50, ...(search === "" ? {} : { search }) }),
    placeholderData: keepPreviousData,
    enabled: opened,
  });
  return (
    <div className="menkyo-switcher">
      <Select
        inlineLabelText={t("account.switch")}
        filteringType="manual"
        filteringPlaceholder={t("account.search")}
        filteringAriaLabel={t("account.search")}
        selectedOption={option(account)}
        options={query.data?.items.map(option) ?? [option(account)]}
        statusType={query.isError ? "error" : query.isFetching ? "loading" : "finished"}
        loadingText={t("common.loading")}
        errorText={t("problems.network.title")}
        recoveryText={t("common.retry")}
        empty={t("table.no_match")}
        expandToViewport
        onLoadItems={({ detail }) => {
          setOpened(true);
          setSearch(detail.filteringText);
          if (query.isError) void query.refetch();
        }}
        onChange={({ detail }) => {
          if (detail.selectedOption.value !== undefined) onChange(detail.selectedOption.value);
        }}
      />
    </div>
  );
}
