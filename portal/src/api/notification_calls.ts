// The calls about addresses to which the mails of a Smart Account go.
import { answer, client } from "./client";
import { account, once } from "./parameters";
import type { NewNotificationAddress } from "./types";

export const listNotificationAddresses = (sa: string) =>
  answer(client.GET("/api/v1/smart_accounts/{smart_account_id}/notification_addresses", { params: account(sa) }));
export const addNotificationAddress = (sa: string, body: NewNotificationAddress, key: string) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/notification_addresses", {
      params: account(sa),
      headers: once(key),
      body,
    }),
  );
const addressOf = (smart_account_id: string, notification_address_id: string) => ({
  params: { path: { smart_account_id, notification_address_id } },
});
export const askNotificationAddress = (sa: string, address: string) =>
  answer(
    client.POST("/api/v1/smart_accounts/{smart_account_id}/notification_addresses/{notification_address_id}/question", {
      ...addressOf(sa, address),
      body: {},
    }),
  );
export const removeNotificationAddress = (sa: string, address: string) =>
  answer(
    client.DELETE(
      "/api/v1/smart_accounts/{smart_account_id}/notification_addresses/{notification_address_id}",
      addressOf(sa, address),
    ),
  );
export const getNotificationLink = (token: string) =>
  answer(client.GET("/api/v1/notification_links/{token}", { params: { path: { token } } }));
export const confirmNotifications = (token: string) =>
  answer(client.POST("/api/v1/notification_links/{token}/confirmation", { params: { path: { token } }, body: {} }));
export const stopNotifications = (token: string) =>
  answer(client.POST("/api/v1/notification_links/{token}/end", { params: { path: { token } }, body: {} }));
