// The client that oapi-codegen makes of the document in its default way: makes, gets, lists, changes and deletes an
// extension, a queue, a DID and a user. Arguments: address, global key.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"patchbay/api"
)

var (
	all    = context.Background()
	client *api.ClientWithResponses
	tenant = "DEMO"
)

func check(what string, good bool, body []byte) {
	if !good {
		fmt.Fprintf(os.Stderr, "%s: %.300s\n", what, body)
		os.Exit(1)
	}
}

// must gives what a call that cannot fail here made.
func must[T any](it T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return it
}

// from fills one of the document's "this or that" with one of them.
func from[T any](fill func(*T) error) *T {
	it := new(T)
	must(it, fill(it))
	return it
}

func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}

func leadingTo(tag string) *api.Destinations {
	return from(func(it *api.Destinations) error {
		return it.FromDestination(*from(func(one *api.Destination) error { return one.FromDestination0(tag) }))
	})
}

func makeExtension(number string, name string, leads *api.Destinations) int {
	tech := api.ExtensionCreateTechPJSIP
	body := from(func(it *api.ExtensionCreateBody) error {
		return it.FromExtensionCreate(api.ExtensionCreate{
			Number: from(func(it *api.ExtensionCreate_Number) error { return it.FromExtensionCreateNumber0(number) }),
			Name:   from(func(it *api.Text191OrNull) error { return it.FromText191OrNull0(name) }),
			Tech:   &tech, Onbusy: leads,
		})
	})
	made := must(client.CreateExtensionWithResponse(all, &api.CreateExtensionParams{Tenant: tenant}, *body))
	check("create extension", made.JSON201 != nil, made.Body)
	return must(made.JSON201.AsExtension()).Id
}

func deleteExtension(id int) {
	gone := must(client.DeleteExtensionWithResponse(all, id, &api.DeleteExtensionParams{Tenant: &tenant}))
	check("delete extension", gone.JSON200 != nil && gone.JSON200.Deleted, gone.Body)
}

func extension(goal string) {
	id := makeExtension("280", "Made", leadingTo(goal))
	body := from(func(it *api.ExtensionUpdateBody) error {
		return it.FromExtensionInput(api.ExtensionInput{
			ExName: from(func(it *api.Text191OrNull) error { return it.FromText191OrNull0("Changed") }),
		})
	})
	changed := must(client.UpdateExtensionWithResponse(all, id, &api.UpdateExtensionParams{Tenant: &tenant}, *body))
	check("update extension", changed.JSON200 != nil, changed.Body)
	got := must(client.GetExtensionWithResponse(all, id, &api.GetExtensionParams{Tenant: &tenant}))
	check("get extension", got.JSON200 != nil && text(got.JSON200.Name) == "Changed", got.Body)
	leads := must(got.JSON200.Related.Destinations.AsExtensionRelatedDestinations0())
	check("destinations", len(leads["EXT-BUSY"]) == 1 && leads["EXT-BUSY"][0].Tag == goal, got.Body)
	endpoint := must(got.JSON200.TechDetails.Endpoint.AsTextRow())
	check("technology", text(endpoint["aors"]) == "280-DEMO", got.Body)
	list := must(client.ListExtensionWithResponse(all, &api.ListExtensionParams{Tenant: &tenant}))
	check("list extensions", list.JSON200 != nil && len(*list.JSON200) > 1, list.Body)
	deleteExtension(id)
}

func queue() {
	body := from(func(it *api.QueueCreateBody) error {
		return it.FromQueueCreate(api.QueueCreate{
			QuName:   from(func(it *api.Text191OrNull) error { return it.FromText191OrNull0("Made") }),
			QuNumber: from(func(it *api.QueueInput_QuNumber) error { return it.FromQueueInputQuNumber0("780") }),
			Members: &[]api.QueueMembersItem{{
				Membername:     from(func(it *api.Text80OrNull) error { return it.FromText80OrNull0("280") }),
				Interface:      from(func(it *api.Text128) error { return it.FromText1280("Local/AG-000-NF-1@fromotherpbx/n") }),
				StateInterface: from(func(it *api.Text80OrNull) error { return it.FromText80OrNull0("Custom:280") }),
			}},
		})
	})
	made := must(client.CreateQueueWithResponse(all, &api.CreateQueueParams{Tenant: tenant}, *body))
	check("create queue", made.JSON201 != nil, made.Body)
	id := must(made.JSON201.AsQueue()).Id
	change := from(func(it *api.QueueUpdateBody) error {
		return it.FromQueueInput(api.QueueInput{
			Name: from(func(it *api.Text191OrNull) error { return it.FromText191OrNull0("Changed") }),
		})
	})
	changed := must(client.UpdateQueueWithResponse(all, id, &api.UpdateQueueParams{Tenant: &tenant}, *change))
	check("update queue", changed.JSON200 != nil, changed.Body)
	got := must(client.GetQueueWithResponse(all, id, &api.GetQueueParams{Tenant: &tenant}))
	check("get queue", got.JSON200 != nil && text(got.JSON200.Name) == "Changed" &&
		text(got.JSON200.Related.Members[0]["membername"]) == "280", got.Body)
	list := must(client.ListQueueWithResponse(all, &api.ListQueueParams{Tenant: &tenant}))
	check("list queues", list.JSON200 != nil && len(*list.JSON200) > 0, list.Body)
	gone := must(client.DeleteQueueWithResponse(all, id, &api.DeleteQueueParams{Tenant: &tenant}))
	check("delete queue", gone.JSON200 != nil && gone.JSON200.Deleted, gone.Body)
}

func did(goal string) {
	body := from(func(it *api.DidCreateBody) error {
		return it.FromDidCreate(api.DidCreate{
			DiNumber:     from(func(it *api.DidCreate_DiNumber) error { return it.FromDidCreateDiNumber0("390212345682") }),
			Destinations: &api.DidDestinations{DID: leadingTo(goal)},
		})
	})
	made := must(client.CreateDidWithResponse(all, &api.CreateDidParams{Tenant: tenant}, *body))
	check("create DID", made.JSON201 != nil, made.Body)
	id := must(made.JSON201.AsDid()).Id
	change := from(func(it *api.DidUpdateBody) error {
		return it.FromDidInput(api.DidInput{
			DiComment: from(func(it *api.FreeText65535OrNull) error { return it.FromFreeText65535OrNull0("Changed") }),
		})
	})
	changed := must(client.UpdateDidWithResponse(all, id, &api.UpdateDidParams{Tenant: &tenant}, *change))
	check("update DID", changed.JSON200 != nil, changed.Body)
	got := must(client.GetDidWithResponse(all, id, &api.GetDidParams{Tenant: &tenant}))
	check("get DID", got.JSON200 != nil && text(got.JSON200.DiComment) == "Changed", got.Body)
	leads := must(got.JSON200.Related.Destinations.AsDidRelatedDestinations0())
	check("destinations", len(leads["DID"]) == 1 && leads["DID"][0].Tag == goal, got.Body)
	list := must(client.ListDidWithResponse(all, &api.ListDidParams{Tenant: &tenant}))
	check("list DIDs", list.JSON200 != nil && len(*list.JSON200) > 0, list.Body)
	gone := must(client.DeleteDidWithResponse(all, id, &api.DeleteDidParams{Tenant: &tenant}))
	check("delete DID", gone.JSON200 != nil && gone.JSON200.Deleted, gone.Body)
}

func user() {
	password := "change-me-9"
	body := from(func(it *api.UserCreateBody) error {
		return it.FromUserCreate(api.UserCreate{
			Username: from(func(it *api.UserCreate_Username) error { return it.FromUserCreateUsername0("made by go") }),
			Password: &password,
			ProfileId: from(func(it *api.NaturalWholeOrNull) error { return it.FromNaturalWholeOrNull0(1) }),
		})
	})
	made := must(client.CreateUserWithResponse(all, &api.CreateUserParams{}, *body))
	check("create user", made.JSON201 != nil, made.Body)
	id := must(made.JSON201.AsUser()).Id
	change := from(func(it *api.UserUpdateBody) error {
		return it.FromUserInput(api.UserInput{
			Email: from(func(it *api.UserInput_Email) error { return it.FromUserInputEmail0("made@example.com") }),
		})
	})
	changed := must(client.UpdateUserWithResponse(all, id, &api.UpdateUserParams{}, *change))
	check("update user", changed.JSON200 != nil, changed.Body)
	got := must(client.GetUserWithResponse(all, id, &api.GetUserParams{}))
	check("get user", got.JSON200 != nil && text(got.JSON200.UsEmail) == "made@example.com", got.Body)
	list := must(client.ListUserWithResponse(all, &api.ListUserParams{}))
	check("list users", list.JSON200 != nil && len(*list.JSON200) > 0, list.Body)
	gone := must(client.DeleteUserWithResponse(all, id, &api.DeleteUserParams{}))
	check("delete user", gone.JSON200 != nil && gone.JSON200.Deleted, gone.Body)
}

func main() {
	address, key := os.Args[1], os.Args[2]
	client = must(api.NewClientWithResponses(address, api.WithRequestEditorFn(
		func(_ context.Context, request *http.Request) error {
			request.Header.Set("X-API-Key", key)
			return nil
		})))
	goal := makeExtension("281", "Goal", nil)
	tag := fmt.Sprintf("EXT-%d", goal)
	extension(tag)
	queue()
	did(tag)
	user()
	deleteExtension(goal)
}
