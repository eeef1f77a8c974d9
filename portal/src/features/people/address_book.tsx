// The addresses that a person keeps; one of them is its company's.
import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { deleteAddress, listAddresses } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { OwnAddress, OwnProfile } from "../../api/types";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { ProblemAlert } from "../../ui/problem_alert";
import { Empty, PageLoading } from "../../ui/states";
import { AddressForm } from "./address_form";
import { addressText } from "./address_text";
import { ADDRESSES } from "./use_saved";

export function useAddresses() {
  return useQuery({ queryKey: ADDRESSES, queryFn: listAddresses });
}

type Open = { what: "add" } | { what: "change" | "delete"; item: OwnAddress } | null;

export function AddressBook({ profile }: { profile: OwnProfile }) {
  const { t } = useTranslation();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const addresses = useAddresses();
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const items = addresses.data?.items ?? [];
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={t("addresses.description")}
          actions={<Button onClick={() => setOpen({ what: "add" })}>{t("addresses.add")}</Button>}
        >
          {t("addresses.title")}
        </Header>
      }
    >
      {addresses.isPending && <PageLoading />}
      {addresses.isError && <ProblemAlert problem={asProblem(addresses.error)} onRetry={() => addresses.refetch()} />}
      {addresses.isSuccess && items.length === 0 && (
        <Empty title={t("addresses.none")} text={t("addresses.none_text")} />
      )}
      {items.length > 0 && (
        <ul className="menkyo-addresses" aria-label={t("addresses.title")}>
          {items.map((item) => (
            <AddressEntry
              key={item.person_address_id}
              item={item}
              isInUse={item.person_address_id === profile.company.company_address_id}
              onOpen={(what) => setOpen({ what, item })}
            />
          ))}
        </ul>
      )}
      {open?.what === "add" && <AddressForm onSaved={close} onClose={close} />}
      {open?.what === "change" && <AddressForm item={open.item} onSaved={close} onClose={close} />}
      {open?.what === "delete" && (
        <Confirm
          title={t("addresses.delete_title")}
          confirm={t("addresses.delete")}
          action={() => deleteAddress(open.item.person_address_id, open.item.version)}
          onDone={() => {
            void queryClient.invalidateQueries({ queryKey: ADDRESSES });
            flash({ type: "success", content: t("addresses.deleted") });
            close();
          }}
          onClose={close}
        >
          {addressText(open.item)}
        </Confirm>
      )}
    </Container>
  );
}

interface AddressEntryProps {
  item: OwnAddress;
  isInUse: boolean;
  onOpen: (what: "change" | "delete") => void;
}

function AddressEntry({ item, isInUse, onOpen }: AddressEntryProps) {
  const { t } = useTranslation();
  const text = addressText(item);
  return (
    <li>
      <div>
        <Box>{text}</Box>
        <SpaceBetween direction="horizontal" size="xs">
          <Box color="text-body-secondary">{t(`address_types.${item.type}`)}</Box>
          {isInUse && <Badge color="blue">{t("addresses.in_use")}</Badge>}
        </SpaceBetween>
      </div>
      <SpaceBetween direction="horizontal" size="xs">
        <Button ariaLabel={t("addresses.edit_of", { address: text })} onClick={() => onOpen("change")}>
          {t("profile.edit")}
        </Button>
        <Button ariaLabel={t("addresses.delete_of", { address: text })} onClick={() => onOpen("delete")}>
          {t("addresses.delete")}
        </Button>
      </SpaceBetween>
    </li>
  );
}
