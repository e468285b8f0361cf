package capped_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/capped"
)

// TestCounts: the first names stay, each is counted whole, and nothing is lost of the sum.
func TestCounts(t *testing.T) {
	for _, n := range []int{0, 1, capped.Most - 1, capped.Most, capped.Most + 1, 3 * capped.Most} {
		var c capped.Counts
		for range 2 {
			for i := range n {
				c.Add(fmt.Sprint(i), 3, nil)
			}
		}
		kept := min(n, capped.Most)
		assert.Equal(t, kept, c.Len())
		assert.Equal(t, 6*(n-kept), c.More())
		assert.Len(t, c.Map(), kept)
		for i, name := range c.Names() {
			assert.Equal(t, fmt.Sprint(i), name)
			assert.Equal(t, 6, c.Of(name))
		}
	}
}

// TestRoom: sets that share a room take no more than it has, and what is given back can be
// taken again.
func TestRoom(t *testing.T) {
	room := capped.NewRoom(10_000)
	var sets [20]capped.Counts
	for n := range 100 {
		for i := range sets {
			sets[i].Add(fmt.Sprintf("name %d of %d", n, i), 1, room)
		}
	}
	bytes := 0
	for i := range sets {
		assert.Equal(t, 100, sets[i].Len()+sets[i].More())
		for _, name := range sets[i].Names() {
			bytes += len(name)
		}
	}
	assert.Less(t, bytes, 10_000)
	assert.Greater(t, bytes, 500)
	assert.False(t, room.Take(50))
	room.Give(50)
	assert.True(t, room.Take(50))
	assert.False(t, room.Take(50))
}

// TestMergeAndClone: a sum has all that was counted, and a copy shares nothing.
func TestMergeAndClone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(0, 2*capped.Most).Draw(t, "from")
		to := rapid.IntRange(from, 3*capped.Most).Draw(t, "to")
		var a, b capped.Counts
		for n := range capped.Most + 10 {
			a.Add(fmt.Sprint(n), 1, nil)
		}
		for n := from; n < to; n++ {
			b.Add(fmt.Sprint(n), 1, nil)
		}
		c := a.Clone()
		c.Merge(&b)
		sum := c.More()
		for _, name := range c.Names() {
			sum += c.Of(name)
		}
		assert.Equal(t, capped.Most+10+to-from, sum)
		assert.Equal(t, capped.Most, c.Len())
		assert.Equal(t, 10, a.More())
		assert.Equal(t, 1, a.Of("0"))
	})
}

// TestSet: the first things stay, and whether there were others is known.
func TestSet(t *testing.T) {
	var s, sum capped.Set[int]
	for range 2 {
		for n := range capped.Most {
			s.Add(n, 0, nil)
		}
	}
	assert.Len(t, s.List(), capped.Most)
	assert.False(t, s.More())
	sum.Merge(&s)
	assert.False(t, sum.More())
	s.Add(-1, 0, nil)
	assert.True(t, s.More())
	sum.Merge(&s)
	assert.True(t, sum.More())
	assert.Equal(t, s.List(), sum.List())
	var none capped.Set[string]
	none.Add("a", 1, capped.NewRoom(0))
	assert.Empty(t, none.List())
	assert.True(t, none.More())
}

// TestCache: an answer is there or is not, and is never another one.
func TestCache(t *testing.T) {
	c := capped.NewCache[int, int](10_000)
	kept := 0
	for n := range 1000 {
		c.Put(n, n*n, 8)
		for k := n; k >= 0; k-- {
			v, ok := c.Get(k)
			if !ok {
				break
			}
			assert.Equal(t, k*k, v)
			kept = max(kept, n-k+1)
		}
		_, ok := c.Get(n)
		assert.True(t, ok, "the last is there")
	}
	assert.Less(t, kept, 200)
	assert.Greater(t, kept, 50)
	c.Put(-1, 1, 20_000)
	_, ok := c.Get(-1)
	assert.False(t, ok, "there is no room for it")
}

// TestToTheLastByte: what fits exactly is taken. What a thing takes beside its text is told by
// what a room of it has left.
func TestToTheLastByte(t *testing.T) {
	entry := 0
	for !capped.NewRoom(entry).Take(0) {
		entry++
	}
	room := capped.NewRoom(2*entry + 10)
	assert.True(t, room.Take(4))
	assert.False(t, room.Take(7))
	assert.True(t, room.Take(6))
	assert.False(t, room.Take(-entry+1), "nothing is left")

	c := capped.NewCache[string, int](2 * (entry + 5))
	for _, k := range []string{"a", "b"} {
		c.Put(k, 1, 5)
	}
	for _, k := range []string{"a", "b"} {
		_, ok := c.Get(k)
		assert.True(t, ok, "both have room")
	}
	all := capped.NewCache[string, int](entry + 5)
	all.Put("a", 1, 5)
	_, ok := all.Get("a")
	assert.True(t, ok, "it takes all of the room")
	all.Put("b", 1, 6)
	_, ok = all.Get("a")
	assert.True(t, ok, "what has no room drives nothing out")
}
