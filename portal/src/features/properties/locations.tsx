// The inner tab "Locations": the places of the account beside its headquarters, and what it wants of orders to them.
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import Toggle from "@cloudscape-design/components/toggle";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addLocation, changeAccountProperties, removeLocation } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { AccountProperties, AccountSite } from "../../api/types";
import { Confirm } from "../../ui/confirm";
import { ProblemAlert } from "../../ui/problem_alert";
import { Empty } from "../../ui/states";
import { SiteForm } from "./site_form";
import { SiteText } from "./site_text";
import { useDone } from "./use_done";

type Dialog = { kind: "add" } | { kind: "remove"; site: AccountSite };

export function Locations({ properties }: { properties: AccountProperties }) {
  const { t } = useTranslation();
  const sa = properties.smart_account_id;
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [keys] = useState(idempotencyKeys);
  const done = useDone(sa);
  const mayEdit = properties.abilities.includes("account_edit");
  const close = () => setDialog(null);
  const saved = (text: string) => {
    close();
    done(text);
  };
  return (
    <SpaceBetween size="l">
      <OrdersSetting properties={properties} />
      <Table
        variant="embedded"
        items={properties.locations}
        trackBy={(site) => String(site.site_number)}
        header={
          <Header
            variant="h3"
            description={t("properties.locations_text")}
            actions={
              mayEdit && <Button onClick={() => setDialog({ kind: "add" })}>{t("properties.add_location")}</Button>
            }
          >
            {t("properties.locations")}
          </Header>
        }
        empty={<Empty title={t("properties.no_locations")} text={t("properties.no_locations_text")} />}
        columnDefinitions={[
          {
            id: "address",
            header: t("properties.address"),
            isRowHeader: true,
            minWidth: 150,
            cell: (site) => <SiteText site={site} />,
          },
          ...(mayEdit
            ? [
                {
                  id: "actions",
                  header: t("common.actions"),
                  minWidth: 90,
                  cell: (site: AccountSite) => (
                    <Button
                      variant="inline-link"
                      ariaLabel={t("properties.remove_location_of", { number: site.site_number })}
                      onClick={() => setDialog({ kind: "remove", site })}
                    >
                      {t("properties.remove_location")}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
        wrapLines
      />
      {dialog?.kind === "add" && (
        <SiteForm
          title={t("properties.add_location")}
          save={(address) => addLocation(sa, properties.version, address, keys.keyFor(address))}
          onSaved={() => saved(t("properties.location_added"))}
          onClose={close}
        />
      )}
      {dialog?.kind === "remove" && (
        <Confirm
          title={t("properties.remove_location_title")}
          confirm={t("properties.remove_location")}
          action={() => removeLocation(sa, dialog.site.site_number, properties.version)}
          onClose={close}
          onDone={() => saved(t("properties.location_removed"))}
        >
          <SiteText site={dialog.site} />
        </Confirm>
      )}
    </SpaceBetween>
  );
}

function OrdersSetting({ properties }: { properties: AccountProperties }) {
  const { t } = useTranslation();
  const done = useDone(properties.smart_account_id);
  const save = useMutation({
    mutationFn: (require_smart_account_on_orders: boolean) =>
      changeAccountProperties(properties.smart_account_id, properties.version, { require_smart_account_on_orders }),
    onSuccess: () => done(t("properties.orders_saved")),
  });
  return (
    <SpaceBetween size="xs">
      {save.isError && <ProblemAlert problem={asProblem(save.error)} />}
      <Toggle
        checked={properties.require_smart_account_on_orders}
        disabled={!properties.abilities.includes("account_edit") || save.isPending}
        description={t("properties.orders_text")}
        onChange={({ detail }) => save.mutate(detail.checked)}
      >
        {t("properties.orders")}
      </Toggle>
    </SpaceBetween>
  );
}
