// The tree of virtual accounts beside the page, or above it where there is no room. It fetches for itself: while ten
// thousand virtual accounts arrive, nothing but the panel has to be drawn again.
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { asProblem } from "../../api/problem";
import { RouteLink } from "../../ui/route_link";
import { useMedia } from "../../ui/use_media";
import { useVirtualAccounts } from "../accounts/use_virtual_accounts";
import { VirtualAccountTree } from "../accounts/virtual_account_tree";

interface VirtualAccountPanelProps {
  sa: string;
  va: string | undefined;
  // The name of the virtual account in view, once it is known.
  name: string | undefined;
}

export function VirtualAccountPanel({ sa, va, name }: VirtualAccountPanelProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const isWide = useMedia("(min-width: 1024px)");
  // Where there is no room beside the page, the tree is closed until somebody wants another virtual account.
  const [isOpen, setOpen] = useState(false);
  const { query, items, is_complete } = useVirtualAccounts(sa);
  const base = `/accounts/${sa}/licenses`;
  const tree = (
    <SpaceBetween size="s">
      {va !== undefined && <RouteLink to={base}>{t("licenses.all_virtual_accounts")}</RouteLink>}
      <VirtualAccountTree
        items={items}
        selected={va}
        complete={is_complete}
        problem={query.isError ? asProblem(query.error) : null}
        onRetry={() => query.refetch()}
        onSelect={(id) => {
          setOpen(false);
          navigate(`${base}/${id}`);
        }}
      />
    </SpaceBetween>
  );
  return (
    <nav className="menkyo-tree-panel" aria-label={t("virtual_accounts.title")}>
      {isWide ? (
        <Container header={<Header variant="h2">{t("virtual_accounts.title")}</Header>}>{tree}</Container>
      ) : (
        <ExpandableSection
          variant="container"
          headerText={name ?? t("licenses.choose_virtual_account")}
          expanded={isOpen}
          onChange={({ detail }) => setOpen(detail.expanded)}
        >
          {tree}
        </ExpandableSection>
      )}
    </nav>
  );
}
