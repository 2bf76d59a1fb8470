// Tests with Go's own runner and library: go test failover_test.go. FAILOVER_EMULATOR_URL names the emulator.
package failover

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

type object = map[string]any

var client = &http.Client{Timeout: 30 * time.Second}

// An application of a test's own, with a clock that stands still, and the callbacks that it was sent.
type emulator struct {
	*testing.T
	url, app string
	hook     *httptest.Server
	lock     sync.Mutex
	posts    []string
}

func start(t *testing.T) *emulator {
	url := os.Getenv("FAILOVER_EMULATOR_URL")
	if url == "" {
		url = "http://127.0.0.1:8080"
	}
	e := &emulator{T: t, url: url, app: fmt.Sprintf("go-%s-%d", t.Name(), time.Now().UnixNano())}
	e.hook = httptest.NewServer(http.HandlerFunc(e.receive))
	t.Cleanup(e.hook.Close)
	e.good("PUT", "/_emulator/clock", object{"application": e.app, "rate": 0}, "")
	t.Cleanup(func() { e.good("POST", "/_emulator/reset", object{"application": e.app}, "") })
	return e
}

// receive keeps what a callback says: the flow's status, and that of each message.
func (e *emulator) receive(answer http.ResponseWriter, request *http.Request) {
	var told struct {
		Status   string
		Messages []struct{ Status struct{ Name string } }
	}
	if err := json.NewDecoder(request.Body).Decode(&told); err != nil {
		e.Error(err)
	}
	words := []string{told.Status}
	for _, message := range told.Messages {
		words = append(words, message.Status.Name)
	}
	e.lock.Lock()
	defer e.lock.Unlock()
	e.posts = append(e.posts, strings.Join(words, " "))
}

func (e *emulator) told() []string {
	e.lock.Lock()
	defer e.lock.Unlock()
	return e.posts
}

func (e *emulator) call(method, path string, body object, authorization string) (int, object) {
	e.Helper()
	sent, _ := json.Marshal(body)
	request, _ := http.NewRequest(method, e.url+path, bytes.NewReader(sent))
	request.Header.Set("Content-Type", "application/json")
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	answer, err := client.Do(request)
	if err != nil {
		e.Fatalf("no emulator answers at %s: %v", e.url, err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	var told object
	if err := json.Unmarshal(text, &told); err != nil {
		e.Fatalf("%s %s: %d %s", method, path, answer.StatusCode, text)
	}
	return answer.StatusCode, told
}

func (e *emulator) good(method, path string, body object, authorization string) object {
	e.Helper()
	status, told := e.call(method, path, body, authorization)
	if status >= 400 {
		e.Fatalf("%s %s: %d %v", method, path, status, told)
	}
	return told
}

func (e *emulator) send(steps ...object) (int, object) {
	e.Helper()
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(e.app+":secret"))
	token := e.good("POST", "/oauth/token?grant_type=client_credentials", nil, basic)["access_token"].(string)
	body := object{"flow": steps, "callback": object{"strategy": "OnStep", "url": e.hook.URL + "/hook"}}
	return e.call("POST", "/failover", body, "Bearer "+token)
}

func (e *emulator) finish(sent object) {
	e.Helper()
	e.good("POST", "/_emulator/clock/advance", object{"application": e.app, "flow": sent["trackingId"]}, "")
}

var viber = object{"type": "Viber", "senderInfoTrackingId": "3f0c9a52", "to": "+306912345678", "message": object{"text": "Ready"}, "order": 1}
var sms = object{"type": "Sms", "from": "Shop", "to": "+306912345678", "message": object{"body": "Ready"}, "order": 2}

func TestAFlowFailsOverFromViberToSms(t *testing.T) {
	e := start(t)
	e.good("POST", "/_emulator/scenario", object{"application": e.app, "name": "viber-undelivered"}, "")
	_, sent := e.send(viber, sms)
	e.finish(sent)
	told := strings.Join(e.told(), ", ")
	wanted := "InProgress QUEUED, InProgress UNDELIVERED Queued, InProgress UNDELIVERED Sent, Succeeded UNDELIVERED Delivered"
	if told != wanted {
		t.Errorf("callbacks: %s; wanted: %s", told, wanted)
	}
}

func TestARequestIsRefusedOnce(t *testing.T) {
	e := start(t)
	rules := []object{{"answer": "too-many-requests", "uses": 1}}
	e.good("POST", "/_emulator/scenario/overrides", object{"application": e.app, "rules": rules}, "")
	if status, told := e.send(sms); status != 429 {
		t.Fatalf("the first request: %d %v", status, told)
	}
	_, sent := e.send(sms)
	e.finish(sent)
	if told := e.told(); len(told) == 0 || told[len(told)-1] != "Succeeded Delivered" {
		t.Errorf("callbacks: %v", told)
	}
}
